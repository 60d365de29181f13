import type { Engagement } from '../../audit/index.ts';

/** How to check the pack, with the verifier in it and without. Only what the engagement's own record says goes in: nothing that a stranger wrote. @param warning what must be known first */
export function readme(
  { engagement, framework, from, to }: Engagement,
  withVerifier: boolean,
  warning?: string,
): string {
  return `${warning === undefined ? '' : `${warning}\n\n`}Evidence of ${framework}, ${from} to ${to} (UTC days), engagement ${engagement}

WHAT IS IN IT
  reports/             what the evidence says, as pages, PDF, CSV, JSON and OSCAL; the methodology
  controls.json        each control: days with evidence of days expected, verdicts by kind
  answers/             each question: text, parameters, coverage, rows, digest of the rows (and tables, .csv)
  samples/             each draw: method, seed, and what was drawn
  overrides.json, manual.json, requests.json, saved-questions.json
  records/             records of the log, byte for byte, each with its inclusion proof
  continuations.json   proofs that the log goes on unchanged from earlier states of it
  blobs/, lake/        by digest: documents, bundles with signatures, control maps, lists of files, time stamps; daily counts
  log/checkpoint       the signed statement of the log's size and root
  pack.json            what this pack is about, every other file with its digest, and what was left out
  SHA256SUMS           the same digests for sha256sum

WHAT YOU NEED FROM ELSEWHERE
  The public key of the log (log.vkey): from a place that the operator cannot change for you alone. It is not in this pack.
  The two files that lie beside the ZIP: PACK.zip.record.json and PACK.zip.tlog-proof, the record of the log that has the digest of this pack. Without
  them the records in it can be checked, and nothing else: its reports and answers could have been made by anybody.

CHECK ALL OF IT
${
  withVerifier
    ? `  In a browser: open verify.html, paste the key, choose the ZIP and the two files beside it.
  With Node:    node exhibit-verify.mjs pack PACK.zip --vkey log.vkey
  (Both are in this pack; those that you have from elsewhere are better.)`
    : `  exhibit verify pack PACK.zip --vkey log.vkey`
}

CHECK IT BY HAND
  1. Every file, against the list:             sha256sum -c SHA256SUMS
  2. The signature of the checkpoint. Its text is what stands before the blank line; the signature is the last field of the line behind it,
     in base64: four bytes of key id, then 64 bytes. The key is the last field of log.vkey: one byte of type, then 32 bytes.
       sed '/^$/,$d' log/checkpoint > text
       grep '^— ' log/checkpoint | head -n 1 | cut -d ' ' -f 3 | base64 -d | tail -c 64 > signature
       { printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'; sed 's/.*+//' log.vkey | base64 -d | tail -c 32; } > key.der
       openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile signature
  3. A record: its leaf is SHA-256 over a zero byte and its bytes; its proof leads to the root in log/checkpoint.
  4. The pack itself: PACK.zip.record.json has its SHA-256 (sha256sum PACK.zip), and is in the log by PACK.zip.tlog-proof, as in 2 and 3.
     The page "Verify a pack" of Exhibit has all steps with sh, sha256sum, xxd and openssl.
`;
}
