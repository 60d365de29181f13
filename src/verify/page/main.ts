/** The verifier as a page: it runs from a folder, asks no network, and says what it checked and what it could not. */
import { check, type Given } from './check.ts';
import { body, byId, type Element, element, type GivenFile } from './dom.ts';
import { show } from './show.ts';

/** A browser reads a file into memory whole. */
const MOST_BYTES = 1_500_000_000;
const MOST_KEY_BYTES = 100_000;

const [status, result, keys, chosen] = [byId('status'), byId('result'), byId('keys'), byId('chosen')];
const button = byId('check');
let files: GivenFile[] = [];

async function take(given: ArrayLike<GivenFile> | null | undefined): Promise<void> {
  const all = Array.from(given ?? []);
  for (const file of all.filter(({ name }) => name.endsWith('.vkey'))) await takeKey(file);
  const rest = all.filter(({ name }) => !name.endsWith('.vkey'));
  if (rest.length > 0) files = rest;
  chosen.textContent =
    files.length === 0 ? 'No file yet.' : `Given: ${files.map(({ name }) => name).join(', ')}`;
}

async function takeKey(file: GivenFile): Promise<void> {
  if (file.size > MOST_KEY_BYTES) return say(`${file.name} is too long for a file of keys.`);
  keys.value = `${keys.value}\n${new TextDecoder().decode(await file.arrayBuffer())}`.trim();
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
    ...(record === undefined || proof === undefined
      ? {}
      : { recorded: { record: await bytes(record), proof: await bytes(proof) } }),
  };
}

function say(text: string): void {
  status.textContent = text;
}

for (const id of ['file', 'keyfile'] as const) {
  const input = byId(id);
  input.addEventListener('change', () => void take(input.files));
}
button.addEventListener('click', () => void run());
body.addEventListener('dragover', (event) => event.preventDefault());
body.addEventListener('drop', (event) => {
  event.preventDefault();
  void take(event.dataTransfer?.files);
});
