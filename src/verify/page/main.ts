/** The verifier as a page: it runs from a folder, asks no network, and says what it checked and what it could not. */
import { check, type Given } from './check.ts';
import { body, byId, type Element, element, type GivenFile } from './dom.ts';
import { show } from './show.ts';

/** A browser reads a file into memory whole. */
const MOST_BYTES = 1_500_000_000;
const MOST_KEY_BYTES = 100_000;
const KEYS = /\.vkey$/;
const ROOTS = /\.(pem|crt)$/;

const [status, result, keys, chosen] = [byId('status'), byId('result'), byId('keys'), byId('chosen')];
const roots = byId('roots');
const button = byId('check');
let files: GivenFile[] = [];

async function take(given: ArrayLike<GivenFile> | null | undefined): Promise<void> {
  const all = Array.from(given ?? []);
  for (const file of all.filter(({ name }) => KEYS.test(name))) await takeText(file, keys);
  for (const file of all.filter(({ name }) => ROOTS.test(name))) await takeText(file, roots);
  const rest = all.filter(({ name }) => !KEYS.test(name) && !ROOTS.test(name));
  if (rest.length > 0) files = rest;
  chosen.textContent =
    files.length === 0 ? 'No file yet.' : `Given: ${files.map(({ name }) => name).join(', ')}`;
}

async function takeText(file: GivenFile, into: Element): Promise<void> {
  if (file.size > MOST_KEY_BYTES) return say(`${file.name} is too long for a file of keys or roots.`);
  into.value = `${into.value}\n${new TextDecoder().decode(await file.arrayBuffer())}`.trim();
}

async function run(): Promise<void> {
  const pack = files.find(({ name }) => !/\.(record\.json|tlog-proof)$/.test(name));
  result.replaceChildren();
  if (pack === undefined) return say('Choose a pack first: the ZIP that was handed to you.');
  if (pack.size > MOST_BYTES)
    return say(`${pack.name} is too large for a browser. Use: node exhibit-verify.mjs pack FILE --vkey KEY`);
  say(`Reading and checking ${pack.name} ...`);
  button.disabled = true;
  // So that the line above is there before the work begins.
  await new Promise((resolve) => setTimeout(resolve, 50));
  try {
    const said = await check(await givenFrom(pack));
    const shown: Element[] = show(said, pack.name);
    result.replaceChildren(...shown);
    say('Done.');
    shown[0]?.setAttribute('tabindex', '-1');
    shown[0]?.focus();
  } catch (error) {
    result.replaceChildren(
      element('h2', 'NOT KNOWN'),
      element('p', `It could not be read: ${String(error)}`),
    );
    say('Not done.');
  } finally {
    button.disabled = false;
  }
}

async function givenFrom(pack: GivenFile): Promise<Given> {
  const bytes = async (file: GivenFile) => new Uint8Array(await file.arrayBuffer());
  const record = files.find(({ name }) => name.endsWith('.record.json'));
  const proof = files.find(({ name }) => name.endsWith('.tlog-proof'));
  return {
    pack: await bytes(pack),
    keys: keys.value,
    roots: roots.value,
    ...(record === undefined || proof === undefined
      ? {}
      : {
          recorded: {
            ...{ record: await bytes(record), proof: await bytes(proof) },
            files: { record: record.name, proof: proof.name },
          },
        }),
  };
}

function say(text: string): void {
  status.textContent = text;
}

for (const id of ['file', 'keyfile', 'rootfile'] as const) {
  const input = byId(id);
  input.addEventListener('change', () => void take(input.files));
}
button.addEventListener('click', () => void run());
body.addEventListener('dragover', (event) => event.preventDefault());
body.addEventListener('drop', (event) => {
  event.preventDefault();
  void take(event.dataTransfer?.files);
});
