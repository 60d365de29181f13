module "tables" {
  source = "./modules/tables"

  bucket     = var.bucket
  prefix     = var.prefix
  frameworks = var.frameworks
  first_year = var.first_year
  last_year  = var.last_year
  name       = var.name
}

resource "aws_glue_catalog_database" "this" {
  for_each = module.tables.databases

  name        = each.key
  description = each.value == "" ? "Evidence of all frameworks" : "Evidence for ${each.value}"
  tags        = var.tags
}

resource "aws_glue_catalog_table" "this" {
  for_each = module.tables.tables

  database_name = aws_glue_catalog_database.this[each.value.database].name
  name          = each.value.name
  table_type    = "EXTERNAL_TABLE"
  parameters    = each.value.parameters

  dynamic "partition_keys" {
    for_each = each.value.partition_keys

    content {
      name = partition_keys.value.name
      type = partition_keys.value.type
    }
  }

  storage_descriptor {
    location      = each.value.location
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    }

    dynamic "columns" {
      for_each = each.value.columns

      content {
        name = columns.value.name
        type = columns.value.type
      }
    }
  }
}

# Lake Formation knows a database by its framework, so that a grant names a framework and no table.
resource "aws_lakeformation_lf_tag" "framework" {
  key    = "${var.name}_framework"
  values = concat(sort(keys(var.frameworks)), ["all"])
}

resource "aws_lakeformation_resource_lf_tags" "framework" {
  for_each = module.tables.databases

  database {
    name = aws_glue_catalog_database.this[each.key].name
  }

  lf_tag {
    key   = aws_lakeformation_lf_tag.framework.key
    value = each.value == "" ? "all" : each.value
  }
}

# For engineers; an auditor has a workgroup of the module auditor-access. Results are kept by Athena, not in a bucket.
resource "aws_athena_workgroup" "this" {
  name        = var.name
  description = "Questions of engineers to all evidence"
  tags        = var.tags

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.scanned_bytes

    managed_query_results_configuration {
      enabled = true
    }
  }
}
