#!/bin/sh
# The gate, for any pipeline: fetches the bundle, writes its public key, judges. The pipelines beside this file call it, so that all do
# the same. Its exit code is that of `exhibit check`: 0 goes on, 1 a violation, 2 wrong settings, 3 no answer.
#
#   EXHIBIT_BUNDLE_URL  where the bundle is (https, or a path)
#   EXHIBIT_BUNDLE_KEY  the text of bundle.pub.pem, or the path of that file
#   EXHIBIT_PATHS       what is judged, separated by spaces
#   EXHIBIT_ARGUMENTS   more flags of `exhibit check`, separated by spaces
set -eu
: "${EXHIBIT_BUNDLE_URL:?names no bundle}" "${EXHIBIT_BUNDLE_KEY:?names no public key}" "${EXHIBIT_PATHS:?names nothing to judge}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case $EXHIBIT_BUNDLE_URL in
https://*) curl --fail --silent --show-error --location --proto '=https' --retry 3 --output "$work/bundle.tar.gz" "$EXHIBIT_BUNDLE_URL" ;;
http://*)
  echo "EXHIBIT_BUNDLE_URL is not https" >&2
  exit 2
  ;;
*) cp "$EXHIBIT_BUNDLE_URL" "$work/bundle.tar.gz" ;;
esac
# The name of the file is the id of the key in the signature.
if [ -f "$EXHIBIT_BUNDLE_KEY" ]; then cp "$EXHIBIT_BUNDLE_KEY" "$work/bundle.pub.pem"; else printf '%s\n' "$EXHIBIT_BUNDLE_KEY" >"$work/bundle.pub.pem"; fi
# Paths and flags are lists of words; a word is never a pattern.
set -f
code=0
# shellcheck disable=SC2086
EXHIBIT_BUNDLE="$work/bundle.tar.gz" EXHIBIT_BUNDLE_KEYS="$work/bundle.pub.pem" exhibit check ${EXHIBIT_ARGUMENTS:-} -- $EXHIBIT_PATHS || code=$?
exit "$code"
