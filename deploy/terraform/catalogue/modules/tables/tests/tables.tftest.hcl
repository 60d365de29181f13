variables {
  bucket     = "acme-evidence"
  prefix     = "prod"
  first_year = 2026
  last_year  = 2035
  frameworks = {
    soc2        = ["cc6.6", "cc6.1"]
    "eu-ai-act" = ["art12"]
  }
}

run "one_database_for_each_framework" {
  command = plan

  assert {
    condition     = output.databases == { exhibit = "", exhibit_soc2 = "soc2", exhibit_eu_ai_act = "eu-ai-act" }
    error_message = "A framework has a database of its own, and what is across frameworks another."
  }

  assert {
    condition     = toset(keys(output.tables)) == toset(["exhibit.daily_counts", "exhibit.fact", "exhibit_eu_ai_act.evidence", "exhibit_soc2.evidence"])
    error_message = "Tables are evidence of each framework, fact and daily_counts."
  }
}

run "the_location_is_that_of_the_lake" {
  command = plan

  assert {
    condition     = output.tables["exhibit_soc2.evidence"].parameters["storage.location.template"] == "s3://acme-evidence/prod/evidence/soc2/$${control}/year=$${year}/month=$${month}/day=$${day}/"
    error_message = "The template is the key of the lake."
  }

  assert {
    condition     = output.tables["exhibit.fact"].parameters["storage.location.template"] == "s3://acme-evidence/prod/fact/year=$${year}/month=$${month}/day=$${day}/"
    error_message = "The template is the key of the lake."
  }

  assert {
    condition     = output.tables["exhibit_soc2.evidence"].parameters["projection.control.values"] == "cc6.1,cc6.6"
    error_message = "All controls of the framework are projected, sorted."
  }
}

run "no_column_is_a_partition_too" {
  command = plan

  assert {
    condition = alltrue([
      for table in values(output.tables) : length(setintersection([for column in table.columns : column.name], [for key in table.partition_keys : key.name])) == 0
    ])
    error_message = "A name is a column and a partition: no engine takes that."
  }
}

run "a_framework_sees_no_other" {
  command = plan

  assert {
    condition     = !strcontains(jsonencode([for name, table in output.tables : table if table.database == "exhibit_soc2"]), "eu-ai-act")
    error_message = "A table of one framework leads to another."
  }
}

run "years_the_wrong_way_round" {
  command = plan

  variables {
    last_year = 2025
  }

  expect_failures = [output.tables]
}

run "a_control_with_its_framework" {
  command = plan

  variables {
    frameworks = { soc2 = ["soc2/cc6.1"] }
  }

  expect_failures = [var.frameworks]
}

run "a_list_of_controls_in_one" {
  command = plan

  variables {
    frameworks = { soc2 = ["cc6.1,cc6.2"] }
  }

  expect_failures = [var.frameworks]
}

run "a_framework_without_controls" {
  command = plan

  variables {
    frameworks = { soc2 = [] }
  }

  expect_failures = [var.frameworks]
}

run "two_frameworks_of_one_name" {
  command = plan

  variables {
    frameworks = { "eu-ai" = ["a"], "eu.ai" = ["a"] }
  }

  expect_failures = [var.frameworks]
}
