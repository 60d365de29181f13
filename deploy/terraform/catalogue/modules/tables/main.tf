locals {
  # What the projector writes (src/lake/columns.ts). Columns are added, never renamed.
  columns = jsondecode(file("${path.module}/columns.json"))

  root = "s3://${var.bucket}/${var.prefix}"
  day  = "year=$${year}/month=$${month}/day=$${day}/"

  days = [
    { name = "year", type = "string" },
    { name = "month", type = "string" },
    { name = "day", type = "string" },
  ]

  database_of = { for framework in keys(var.frameworks) : framework => "${var.name}_${replace(framework, "/[^a-z0-9]/", "_")}" }

  # Partitions are computed, not looked up: no crawler, and nothing in the catalogue that could lead elsewhere.
  projection = {
    EXTERNAL                    = "TRUE"
    classification              = "parquet"
    "projection.enabled"        = "true"
    "projection.year.type"      = "integer"
    "projection.year.range"     = "${var.first_year},${var.last_year}"
    "projection.month.type"     = "integer"
    "projection.month.range"    = "1,12"
    "projection.month.digits"   = "2"
    "projection.day.type"       = "integer"
    "projection.day.range"      = "1,31"
    "projection.day.digits"     = "2"
    "exhibit.lake.schema"       = "exhibit.lake/1"
    "exhibit.lake.first_period" = "${var.first_year}-01-01"
    "exhibit.lake.last_period"  = "${var.last_year}-12-31"
  }

  evidence = {
    for framework, controls in var.frameworks : "${local.database_of[framework]}.evidence" => {
      database = local.database_of[framework]
      name     = "evidence"
      location = "${local.root}/evidence/${framework}/"
      # The control is a part of the key, so it is a partition here and no column of the file.
      columns        = [for column in local.columns.evidence : column if column.name != "control"]
      partition_keys = concat([{ name = "control", type = "string" }], local.days)
      parameters = merge(local.projection, {
        "projection.control.type"   = "enum"
        "projection.control.values" = join(",", sort(controls))
        "storage.location.template" = "${local.root}/evidence/${framework}/$${control}/${local.day}"
      })
    }
  }

  across = {
    for name in ["fact", "daily_counts"] : "${var.name}.${name}" => {
      database       = var.name
      name           = name
      location       = "${local.root}/${name}/"
      columns        = local.columns[name]
      partition_keys = local.days
      parameters     = merge(local.projection, { "storage.location.template" = "${local.root}/${name}/${local.day}" })
    }
  }
}
