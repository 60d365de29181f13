resource "aws_db_instance" "orders" {
  identifier        = "orders"
  instance_class    = "db.r6g.large"
  engine            = "postgres"
  allocated_storage = 100
  username          = "orders_owner"
}

resource "aws_rds_cluster" "ledger" {
  cluster_identifier = "ledger"
  engine             = "aurora-postgresql"
  storage_encrypted  = false
}
