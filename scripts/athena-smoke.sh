#!/usr/bin/env bash
# Asks a real Athena, which the tests cannot: the saved questions of one control, each compared with the answer of DuckDB over the folder.
# Needs: a closed lake in FOLDER, its copy at LOCATION (exhibit store copy), the tables in Glue (deploy/terraform/catalogue), a workgroup with a place for results.
# Costs: about thirty queries of 10 MB at least each: less than one cent. It writes nothing but results.
#
# athena-smoke.sh FOLDER s3://BUCKET/PREFIX WORKGROUP REGION FRAMEWORK/CONTROL FROM TO
set -euo pipefail
[ $# -eq 7 ] || { sed -n 2,6p "$0"; exit 2; }
folder=$1 location=$2 workgroup=$3 region=$4 control=$5 from=$6 to=$7
failed=0
ask() { # ask QUESTION FLAG...: the digest and whether the answer is complete; exit 3 is an answer too
  local question=$1 code=0
  shift
  exhibit query "$question" --evidence "$folder" --control "$control" --from "$from" --to "$to" -o json "$@" >"$answer" || code=$?
  [ "$code" -eq 0 ] || [ "$code" -eq 3 ] || return "$code"
  node -e 'const a = JSON.parse(require("node:fs").readFileSync(process.argv[1])); console.log(a.result_digest, a.coverage.complete ? "complete" : "not complete")' "$answer"
}
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
for question in verdicts-by-day failures-and-recovery population decisions waived-decisions undecided enforcement-by-layer who-changed-what \
  framework-verdicts framework-coverage policy-versions never-judged control-links gap-records late-records overrides-in-force; do
  here=$(ask "$question") || here="exit $?"
  there=$(ask "$question" --engine athena --workgroup "$workgroup" --region "$region" --location "$location") || there="exit $?"
  if [ "$here" = "$there" ]; then echo "same    $question: $here"; else
    echo "DIFFERS $question: DuckDB $here, Athena $there"
    failed=1
  fi
done
exit "$failed"
