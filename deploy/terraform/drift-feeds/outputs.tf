output "server_queues" {
  description = "`events.queues` of the server's configuration. The module server takes it."
  value       = module.feeds.server_queues
}

output "receiver_policy" {
  description = "For the role of the server, as JSON. The module server takes it."
  value       = module.feeds.receiver_policy
}
