#!/usr/bin/env bash
# Looks at one bucket of the module evidence-store in a real account, and tries what its policies are to refuse. For an administrator of that bucket,
# whose own policies allow it: a refusal is one of the module then. Wants the command line of AWS.
#
#   deploy/aws/smoke.sh BUCKET PREFIX REGION
#
# Each call is one that does no harm where it is not refused: a setting that the bucket has already, an upload with the checksum of other bytes, an alias for the
# key that it has. At worst a delete marker stays over PREFIX/log/smoke-check, where nothing is.
# Exit: 0 each line is ok, 1 one is NOT OK, 3 none is, and one is not known, 2 wrong usage.
set -uo pipefail

[ $# -eq 3 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
command -v aws >/dev/null || { echo "the command line of AWS is not installed" >&2; exit 2; }
bucket=$1 prefix=$2 region=$3
export AWS_REGION=$region AWS_DEFAULT_REGION=$region AWS_PAGER=
alias="alias/exhibit-$bucket"
absent="$prefix/log/smoke-check"
# Where S3 answers without TLS.
plain=${EXHIBIT_SMOKE_PLAIN:-http://s3.$region.amazonaws.com}
[[ $region == cn-* ]] && plain=${EXHIBIT_SMOKE_PLAIN:-http://s3.$region.amazonaws.com.cn}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong=0 unknown=0

say() { # say WORD WHAT WHY
  case $1 in
    'NOT OK') wrong=$((wrong + 1)) ;;
    'not known') unknown=$((unknown + 1)) ;;
  esac
  printf '%-10s %s: %s\n' "$1" "$2" "$3"
}

# What a call printed last, in one line.
last() { tr -s '[:space:]' ' ' <"$work/$1" | sed 's/^ //; s/ $//' | tail -c 400; }

asked() { aws "$@" >"$work/out" 2>"$work/err"; }

has() { # has WHAT PATTERN SERVICE COMMAND...
  local what=$1 pattern=$2
  shift 2
  if ! asked "$@" --output text; then
    case $(last err) in
      *NoSuchBucketPolicy* | *NoSuchPublicAccessBlock* | *NotFoundError*) say 'NOT OK' "$what" "$(last err)" ;;
      *) say 'not known' "$what" "$(last err)" ;;
    esac
  elif [[ $(last out) =~ ^($pattern)$ ]]; then
    say ok "$what" "$(last out)"
  else
    say 'NOT OK' "$what" "it says $(last out)"
  fi
}

refused() { # refused WHAT SERVICE COMMAND...
  local what=$1 why
  shift
  if asked "$@"; then
    say 'NOT OK' "$what" "it was not refused"
    return
  fi
  why=$(last err)
  case $why in
    *'explicit deny'*) say ok "$what" "refused with an explicit deny ${why##*explicit deny }" ;;
    *AccessDenied*) say 'not known' "$what" "refused, but maybe because these credentials may not do it: $why" ;;
    # What is only looked at once the call is allowed.
    *BadDigest* | *UnsupportedOperation*) say 'NOT OK' "$what" "no policy refused it: $why" ;;
    *) say 'not known' "$what" "$why" ;;
  esac
}

asked sts get-caller-identity --query Arn --output text && echo "$(last out) looks at $bucket"

# What Terraform made.
has 'versions are kept' Enabled s3api get-bucket-versioning --bucket "$bucket" --query Status
has 'Object Lock is on, by default for each object' 'Enabled (GOVERNANCE|COMPLIANCE) ([1-9].*|[^ ]+ [1-9].*)' s3api get-object-lock-configuration --bucket "$bucket" \
  --query 'ObjectLockConfiguration.[ObjectLockEnabled, Rule.DefaultRetention.Mode, Rule.DefaultRetention.Days, Rule.DefaultRetention.Years]'
has 'nothing can become public' 'True True True True' s3api get-public-access-block --bucket "$bucket" \
  --query 'PublicAccessBlockConfiguration.[BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets]'
has 'its policy is not public' False s3api get-bucket-policy-status --bucket "$bucket" --query PolicyStatus.IsPublic
has 'access lists are off' BucketOwnerEnforced s3api get-bucket-ownership-controls --bucket "$bucket" --query 'OwnershipControls.Rules[].ObjectOwnership'
has 'objects are encrypted with a key of KMS' 'aws:kms' s3api get-bucket-encryption --bucket "$bucket" \
  --query 'ServerSideEncryptionConfiguration.Rules[].ApplyServerSideEncryptionByDefault.SSEAlgorithm'
has 'accesses are logged' '[a-z0-9].*' s3api get-bucket-logging --bucket "$bucket" --query LoggingEnabled.TargetBucket

# What nobody may, administrators neither.
refused 'to change versions' s3api put-bucket-versioning --bucket "$bucket" --versioning-configuration Status=Enabled
if asked s3api get-object-lock-configuration --bucket "$bucket" --query ObjectLockConfiguration --output json; then
  cp "$work/out" "$work/lock.json"
  refused 'to change the default lock' s3api put-object-lock-configuration --bucket "$bucket" --object-lock-configuration "file://$work/lock.json"
else
  say 'not known' 'to change the default lock' "$(last err)"
fi
printf 'exhibit' >"$work/body"
other=$(printf 'other' | openssl dgst -md5 -binary | base64)
refused 'to write without If-None-Match' s3api put-object --bucket "$bucket" --key "$absent" --body "$work/body" --content-md5 "$other"
refused 'to delete' s3api delete-object --bucket "$bucket" --key "$absent"
refused 'to come without TLS' s3api get-bucket-location --bucket "$bucket" --endpoint-url "$plain"
if asked kms describe-key --key-id "$alias" --query KeyMetadata.KeyId --output text; then
  key=$(last out)
  has 'the key is rotated' True kms get-key-rotation-status --key-id "$key" --query KeyRotationEnabled
  refused 'to give the alias to another key' kms update-alias --alias-name "$alias" --target-key-id "$key"
  refused 'to delete the material of the key' kms delete-imported-key-material --key-id "$key"
else
  say 'not known' 'the key' "$(last err)"
fi

# Who is nobody.
if asked s3api head-object --bucket "$bucket" --key "$prefix/log/checkpoint" --no-sign-request; then
  say 'NOT OK' 'to read without credentials' 'it was not refused'
elif [[ $(last err) =~ \((403|AccessDenied)\) ]]; then
  say ok 'to read without credentials' 'refused'
elif [[ $(last err) =~ \(404\) ]]; then
  say 'NOT OK' 'to read without credentials' 'it was told that nothing is there: who may not list is told 403'
else
  say 'not known' 'to read without credentials' "$(last err)"
fi

echo "$wrong not ok, $unknown not known. That locks hold: exhibit store check s3://$bucket/$prefix --region $region, with a role of checker_arns."
[ "$wrong" -eq 0 ] || exit 1
[ "$unknown" -eq 0 ] || exit 3
