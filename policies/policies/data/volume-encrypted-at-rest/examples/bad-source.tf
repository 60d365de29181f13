resource "aws_ebs_volume" "data" {
  availability_zone = local.zone
  size              = 100
  encrypted         = false
}

resource "aws_instance" "worker" {
  ami           = data.aws_ami.worker.id
  instance_type = "m7g.large"

  root_block_device {
    encrypted = true
  }

  ebs_block_device {
    device_name = "/dev/sdf"
    encrypted   = false
  }
}
