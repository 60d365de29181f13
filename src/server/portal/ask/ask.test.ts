import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { notWithin, requestWithin } from '../../../audit/index.ts';
import { QUERIES, query } from '../../../lake/index.ts';
import { fixtureOver } from '../../../lake/testing/fixture.ts';
import { openReader } from '../../../ledger/index.ts';
import { fill } from '../testing/fill.ts';
import { type Stage, stage } from '../testing/stage.ts';
import { type Answer, fieldOf, type Visitor } from '../testing/visitor.ts';

// Each question runs in a process of its own, which a busy machine starts slowly.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 180_000 });

const day = (time: number) => new Date(time).toISOString().slice(0, 10);

let one: Stage;
let id: string;
let other: string;
let first: string;
let today: string;

beforeAll(async () => {
  one = await stage();
  first = await fill(one);
  today = day(one.now());
  id = await one.open({ from: first });
  other = await one.open({ framework: 'iso27001', from: first, auditor: 'actor:other' });
});
afterAll(() => one?.remove());

/** A person has one question at a time: who asks beside somebody else is somebody else. */
async function auditor(engagement = id): Promise<Visitor & { csrf: string }> {
  const visitor = one.visitor();
  expect((await visitor.enter(await one.linkUrl({ engagement }))).status).toBe(303);
  const csrf = fieldOf((await visitor.ready(`/portal/e/${engagement}/questions`)).body, 'csrf');
  return Object.assign(visitor, { csrf });
}

/** Asks, and waits for what becomes of it. */
async function ask(visitor: Visitor & { csrf: string }, name: string, form: Record<string, string> = {}) {
  const answer = await visitor.post(`/portal/e/${id}/question/${name}`, { csrf: visitor.csrf, ...form });
  if (answer.status !== 303) return { ...answer, at: '' };
  const at = String(answer.headers.location);
  return { ...(await settled(visitor, at)), at };
}

async function settled(visitor: Visitor, path: string): Promise<Answer> {
  for (let tries = 0; tries < 180; tries += 1) {
    const answer = await visitor.get(path);
    if (!answer.body.includes('http-equiv="refresh"')) return answer;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  throw new Error(`${path} is not answered`);
}

const sql = (visitor: Visitor & { csrf: string }, text: string, values = '') =>
  ask(visitor, 'sql', { sql: text, values });

const digestOf = (page: string) => /result<\/dt><dd><code class="long">(sha256:[0-9a-f]{64})/.exec(page)?.[1];

describe('a saved question', () => {
  test('is chosen from a list, asked by a form, and answered: how complete it is comes before the rows', async () => {
    const visitor = await auditor();
    const list = await visitor.get(`/portal/e/${id}/questions`);
    for (const { name } of QUERIES) expect(list.body).toContain(name);
    const form = await visitor.get(`/portal/e/${id}/question/decisions/cc6.1`);
    expect(form.body).toContain('<option value="cc6.1" selected>');
    expect(form.body).not.toContain('a.8.24');
    const { status, body, at } = await ask(visitor, 'decisions', { control: 'cc6.1' });
    expect(status).toBe(200);
    expect(body.indexOf('id="coverage"')).toBeGreaterThan(0);
    expect(body.indexOf('id="coverage"')).toBeLessThan(body.indexOf('id="rows"'));
    // Today is open, and is said to be.
    expect(body).toContain('NOT COMPLETE');
    expect(body).toContain(`${today}: not closed`);
    for (const subject of ['db1', 'db2', 'db3']) expect(body).toContain(`>${subject}<`);
    expect(body).toContain('&lt;script&gt;alert(1)');
    for (const raw of ['<script>', '\u202e', 'secret']) expect(body).not.toContain(raw);
    const csv = await visitor.get(`${at}/csv`);
    expect(csv.headers['content-disposition']).toBe(`attachment; filename="${id}-decisions.csv"`);
    expect(csv.body.split('\r\n')).toHaveLength(5);
    // The same question of the same evidence, asked with the library.
    const reader = await openReader(`${one.folder}/evidence`);
    const size = Number(/size ([0-9]+)<\/dd><dt>root/.exec(body)?.[1]);
    const about = { framework: 'soc2', control: 'cc6.1', from: first, to: today };
    const direct = await query(reader, { name: 'decisions', ...about, confined: true }, { sizes: [size] });
    await reader.close();
    expect(digestOf(body)).toBe(direct.result_digest);
  });

  test('that is wrong says what can be read here, and names neither a view that cannot nor a manual', async () => {
    const visitor = await auditor();
    const page = await visitor.get(`/portal/e/${id}/question/sql`);
    const wrong = [
      await sql(visitor, 'SELECT n FROM nothing_there'),
      await sql(visitor, 'SELECT count(*) AS n FROM fact'),
      await sql(visitor, 'SELECT subjects FROM evidence'),
    ];
    for (const { body } of [page, ...wrong]) {
      expect(body).toContain(
        'evidence, control_map, framework_controls, policy, policy_version, manifest. Columns',
      );
      expect(body).toContain('framework, control, strength, ');
      for (const not of ['views are fact', 'docs/', 'daily_counts']) expect(body).not.toContain(not);
    }
    expect(wrong[2]?.body).toContain('subject_id');
    const all = ['evidence', 'control_map', 'framework_controls', 'policy', 'policy_version', 'manifest']
      .map((view) => `SELECT '${view}' AS view, count(*) AS n FROM ${view}`)
      .join(' UNION ALL ');
    expect((await sql(visitor, all)).body).toContain('>policy_version<');
  });

  test('of one closed day has all its files read, and does not call the evidence complete', async () => {
    const { body } = await ask(await auditor(), 'decisions', { control: 'cc6.1', to: first });
    expect(body).toContain('>All was read</h2>');
    expect(body).toMatch(/all files read: 1 of 1, \d+ of \d+ rows/);
    expect(body).not.toContain('>Complete</h2>');
    // With its marks: a digest may have these letters.
    expect(body).not.toContain('>db3<');
  });

  test('of another control, framework or period is refused, and is on record', async () => {
    const visitor = await auditor();
    const forms: [string, Record<string, string>][] = [
      ['decisions', { control: 'a.8.24' }],
      ['decisions', { control: 'iso27001/a.8.24' }],
      ['decisions', { control: `cc6.1' OR '1'='1` }],
      ['decisions', { control: 'cc6.1', framework: 'iso27001' }],
      ['decisions', { control: 'cc6.1', framework: 'soc2' }],
      ['decisions', { control: 'cc6.1', from: '2020-01-01' }],
      ['decisions', { control: 'cc6.1', to: '2999-01-01' }],
      ['decisions', { control: 'cc6.1', size: '1' }],
      ['decisions', { control: 'cc6.1', sql: 'SELECT 1' }],
      ['framework-verdicts', { framework: 'iso27001' }],
      ['sql', { sql: 'SELECT 1 AS n', framework: 'iso27001' }],
      ['gap-records', {}],
      ['record-lineage', { record_id: 'x' }],
      ['nothing', {}],
      ['__proto__', {}],
      ['constructor', {}],
    ];
    for (const [name, form] of forms)
      expect([name, form, (await ask(visitor, name, form)).status]).toEqual([name, form, 404]);
    expect((await ask(visitor, 'decisions', {})).status).toBe(400);
    expect((await ask(visitor, 'decisions', { control: 'cc6.1', from: 'yesterday' })).status).toBe(400);
    expect((await ask(visitor, 'decisions', { control: 'cc6.1', from: today, to: first })).status).toBe(400);
    for (const path of [
      `question/gap-records`,
      'question/decisions/a.8.24',
      'question/x/y/z',
      'answer/AAAAAAAAAAAA',
    ])
      expect((await visitor.get(`/portal/e/${id}/${path}`)).status).toBe(404);
    expect(
      (await visitor.post(`/portal/e/${other}/question/decisions`, { csrf: visitor.csrf, control: 'a.8.24' }))
        .status,
    ).toBe(404);
  });

  test.each(QUERIES.filter((each) => notWithin(each) === undefined).map(({ name }) => name))(
    '%s shows no row of another framework',
    async (name) => {
      const scope = { framework: 'soc2', from: first, to: today };
      const reader = await openReader(`${one.folder}/evidence`);
      try {
        const answer = await query(reader, requestWithin(scope, { name, control: 'cc6.1' }));
        expect(JSON.stringify(answer.rows)).not.toMatch(/secret|a\.8\.24|iso27001/);
        // It could have shown them: asked about the other framework, it says so.
        const about = { framework: 'iso27001', control: 'a.8.24', from: first, to: today };
        const all = await query(reader, { name, ...about });
        if (all.rows.length > 0 && name !== 'policy-records')
          expect(JSON.stringify(all.rows)).not.toBe(JSON.stringify(answer.rows));
      } finally {
        await reader.close();
      }
    },
  );
});

describe('SQL of an auditor', () => {
  test('is on record also where what is left out of it would cut a character, or takes many bytes', async () => {
    const visitor = await auditor();
    // 17 characters, and then pairs: every even place is within one.
    const { status, body } = await sql(visitor, `SELECT 1 AS n -- ${'😀'.repeat(5_000)}`);
    expect([status, /<span class="value">1<\/span>/.test(body)]).toEqual([200, true]);
    // Each is six characters of JSON.
    const many = '\u0001'.repeat(9_000);
    const values = many.replace(/.{1000}/gu, '$&\n');
    const refused = await sql(visitor, `SELECT 1 AS n -- ${many}`, values);
    expect([refused.status, refused.body.includes('0 parameters; 9 were given')]).toEqual([200, true]);
  });

  test('sees rows of the framework and period alone, with values that are bound', async () => {
    const visitor = await auditor();
    const { body } = await sql(
      visitor,
      'SELECT DISTINCT framework, policy_id, subject_id FROM evidence ORDER BY 3',
    );
    expect(body).toContain('>db1<');
    expect(body).not.toMatch(/secret|iso27001/);
    const bound = await sql(
      visitor,
      'SELECT count(*) AS n FROM evidence WHERE subject_id = ?',
      `db1' OR '1'='1`,
    );
    expect(bound.body).toMatch(/<span class="value">0<\/span>/);
    expect((await sql(visitor, 'SELECT count(*) AS n FROM evidence WHERE subject_id = ?')).body).toContain(
      'QUERY_INVALID',
    );
    const links = await sql(visitor, 'SELECT * FROM control_map');
    expect(links.body).not.toMatch(/secret|a\.8\.24/);
  });

  test.each([
    `SELECT * FROM fact`,
    `SELECT * FROM "fact"`,
    `SELECT * FROM daily_counts`,
    `SELECT * FROM record`,
    `SELECT * FROM read_csv('/etc/passwd')`,
    `SELECT * FROM '/etc/passwd'`,
    `SELECT * FROM read_parquet('evidence/**/*.parquet')`,
    `SELECT content FROM read_text('server.yaml')`,
    `ATTACH '/tmp/x.db' AS x`,
    `COPY evidence TO '/tmp/x.csv'`,
    `SELECT 1 AS n; ATTACH '/tmp/x.db'`,
    `SET lock_configuration = false`,
    `PRAGMA database_list`,
    `INSTALL httpfs`,
    `SELECT getenv('HOME') AS h`,
    `SELECT * FROM duckdb_settings()`,
    `SELECT * FROM information_schema.tables`,
    `WITH evidence AS (SELECT * FROM fact) SELECT * FROM evidence`,
  ])('%s is refused', async (text) => {
    const { status, body } = await sql(await auditor(), text);
    expect(status).toBe(200);
    expect(body).toContain('No answer: SQL');
    expect(body).toMatch(/Why \(QUERY_(INVALID|FAILED)\)/);
    expect(body).not.toMatch(/root:|secret|\/evidence\//);
    // What was written is still there, to be mended.
    expect(body).toContain('<textarea id="sql"');
  });

  test('that does not end is stopped by who asked it, and nobody else waited for its session', async () => {
    const [visitor, second] = [await auditor(), await auditor()];
    const endless = `WITH RECURSIVE t (n) AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 1000000000) SELECT count(*) AS n FROM t`;
    const begun = await visitor.post(`/portal/e/${id}/question/sql`, {
      csrf: visitor.csrf,
      sql: endless,
      values: '',
    });
    const at = String(begun.headers.location);
    await expect
      .poll(async () => (await visitor.get(at)).body, { timeout: 60_000, interval: 500 })
      .toContain('The question runs, in seconds');
    // The same person, also in another session, has one at a time; pages go on meanwhile.
    expect((await sql(second, 'SELECT 1 AS n')).status).toBe(429);
    expect((await second.get(`/portal/e/${id}/coverage`)).status).toBe(200);
    const away = one.visitor();
    await away.enter(await one.linkUrl({ engagement: other }));
    const csrf = fieldOf((await away.ready(`/portal/e/${other}/questions`)).body, 'csrf');
    const waits = await away.post(`/portal/e/${other}/question/sql`, {
      csrf,
      sql: 'SELECT 1 AS n',
      values: '',
    });
    expect((await away.get(String(waits.headers.location))).body).toContain('Being answered');
    // Another session of the same engagement neither sees nor stops it.
    expect((await second.get(at)).status).toBe(404);
    expect((await second.post(`${at}/stop`, { csrf: second.csrf })).status).toBe(404);
    expect((await visitor.post(`${at}/stop`, { csrf: visitor.csrf })).status).toBe(303);
    expect((await settled(visitor, at)).body).toContain('it was stopped by who asked it');
    expect((await settled(away, String(waits.headers.location))).body).toContain('Rows');
  });

  test('with a huge answer: some rows on the page, how many there are, and the rest in the file', async () => {
    const visitor = await auditor();
    const many =
      'WITH RECURSIVE t (n) AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 2000) SELECT n FROM t';
    const { body, at } = await sql(visitor, many);
    expect(body).toContain('200 of 2,000 rows are shown here');
    expect((await visitor.get(`${at}/csv`)).body.trim().split('\r\n')).toHaveLength(2_001);
    const long = await sql(visitor, `SELECT rpad('x', 100000, 'y') AS v FROM evidence`);
    expect(long.body.length).toBeLessThan(50_000);
    expect(long.body).toContain('long values are cut here');
    const beyond = await sql(visitor, `SELECT rpad('x', 100000000, 'y') AS v FROM evidence`);
    expect(beyond.body).toMatch(/QUERY_FAILED|QUERY_INVALID/);
  });
});

/** Somebody who is in an engagement of a log that has evidence. */
async function entered(own: Stage) {
  const from = await fill(own);
  const engagement = await own.open({ from });
  const visitor = own.visitor();
  await visitor.enter(await own.linkUrl({ engagement }));
  const base = `/portal/e/${engagement}`;
  const csrf = fieldOf((await visitor.ready(`${base}/questions`)).body, 'csrf');
  return { from, engagement, visitor, base, csrf };
}

describe('an answer', () => {
  test('is saved as a record, asked again with the same outcome, and the outcome is recorded', async () => {
    const own = await stage();
    try {
      const { engagement, visitor, base, csrf } = await entered(own);
      const asked = await visitor.post(`${base}/question/framework-verdicts`, { csrf });
      const at = String(asked.headers.location);
      const page = await settled(visitor, at);
      expect((await visitor.post(`${at}/save`, { csrf, name: '../x' })).status).toBe(400);
      expect((await visitor.post(`${at}/save`, { csrf, name: 'verdicts', rows: 'keep' })).status).toBe(303);
      expect((await visitor.post(`${at}/save`, { csrf, name: 'verdicts', rows: 'keep' })).status).toBe(303);
      const [, record = ''] =
        /Saved as <a href="[^"]+">record ([0-9a-f-]{36})/.exec((await visitor.get(at)).body) ?? [];
      const list = await visitor.get(`${base}/questions`);
      expect(list.body).toContain(`${base}/saved/${record}/again`);
      // After more was recorded, and in a session that never saw the answer.
      await own.beside(async (ledger) => {
        const lake = fixtureOver(ledger, own.now, () => undefined);
        await lake.put('ci', { record_type: 'heartbeat' });
      });
      const again = await visitor.post(`${base}/saved/${record}/again`, { csrf });
      const compared = await settled(visitor, String(again.headers.location));
      expect(compared.body).toContain('The answer is the same as before.');
      expect(digestOf(compared.body)).toBe(digestOf(page.body));
      expect((await visitor.post(`${again.headers.location}/save`, { csrf })).status).toBe(303);
      // A record of something else is no saved answer, and neither is one that is not there.
      for (const wrong of ['019ca8d7-2d00-7def-90be-371efe15a80a', 'x', '..'])
        expect((await visitor.post(`${base}/saved/${wrong}/again`, { csrf })).status).toBe(404);
      const acts = (await own.records()).filter(({ emitter }) => emitter === 'exhibit.audit');
      expect(
        acts.filter(({ record_type }) => record_type === 'query').map(({ details }) => details?.kind),
      ).toEqual(['query saved', 'query run again']);
      const saved = acts.find(({ details }) => details?.kind === 'query saved');
      expect(saved).toMatchObject({
        record_id: record,
        actor: 'actor:auditor',
        details: {
          name: 'verdicts',
          engagement,
          framework: 'soc2',
          result_digest: digestOf(page.body),
          by: 'portal',
        },
      });
      expect(saved?.details?.rows_digest).toMatch(/^sha256:/);
      // First that somebody asks, then that the rows of this digest are shown.
      const reads = acts.filter(({ details }) => details?.kind === 'read').map(({ details }) => details);
      const began = reads.findIndex((each) => each?.what === 'the question framework-verdicts');
      const seen = reads.findIndex((each) => each?.result_digest === digestOf(page.body));
      expect([began >= 0, seen > began]).toEqual([true, true]);
    } finally {
      await own.remove();
    }
  });

  test('says what changed, where a file of the lake is another', async () => {
    const own = await stage();
    try {
      const { from, visitor, base, csrf } = await entered(own);
      const asked = await visitor.post(`${base}/question/decisions`, { csrf, control: 'cc6.1', to: from });
      const at = String(asked.headers.location);
      expect((await settled(visitor, at)).body).toContain('>All was read</h2>');
      const [year, month, of] = from.split('-');
      const file = `${own.folder}/evidence/evidence/soc2/cc6.1/year=${year}/month=${month}/day=${of}/evidence.parquet`;
      const { chmodSync, writeFileSync } = await import('node:fs');
      expect(readFileSync(file).length).toBeGreaterThan(0);
      chmodSync(file, 0o600);
      writeFileSync(file, 'other');
      const again = await visitor.post(`${at}/again`, { csrf });
      const { body } = await settled(visitor, String(again.headers.location));
      expect(body).toContain('The answer is not the same as before.');
      expect(body).toContain('rows: 2 then, 0 now');
      expect(body).toContain('NOT COMPLETE');
    } finally {
      await own.remove();
    }
  });

  test('is of its session, its engagement, and as long as that is open', async () => {
    const own = await auditor();
    const { at } = await ask(own, 'control-links');
    const second = await auditor();
    for (const path of [at, `${at}/csv`]) expect((await second.get(path)).status).toBe(404);
    for (const path of [`${at}/save`, `${at}/again`, `${at}/stop`, `${at}/other`])
      expect((await second.post(path, { csrf: second.csrf, name: 'x' })).status).toBe(404);
    expect((await own.get(`${at}/csv/x`)).status).toBe(404);
    await own.post('/portal/sign-out', { csrf: own.csrf });
    expect((await own.get(at)).status).toBe(401);
    const closed = await one.open({ from: first, auditor: 'actor:closed' });
    const late = await auditor(closed);
    const asked = await late.post(`/portal/e/${closed}/question/control-links`, { csrf: late.csrf });
    await settled(late, String(asked.headers.location));
    await one.close(closed);
    expect((await late.get(`${asked.headers.location}/csv`)).status).toBe(403);
    expect((await late.post(`/portal/e/${closed}/question/control-links`, { csrf: late.csrf })).status).toBe(
      401,
    );
  });

  test('is not asked for by a form of another site', async () => {
    const [visitor, second] = [await auditor(), await auditor()];
    const path = `/portal/e/${id}/question/decisions`;
    const tries: [Record<string, string>, Record<string, string>][] = [
      [{ control: 'cc6.1' }, {}],
      [{ control: 'cc6.1', csrf: second.csrf }, {}],
      [{ control: 'cc6.1', csrf: visitor.csrf }, { 'sec-fetch-site': 'cross-site' }],
      [{ control: 'cc6.1', csrf: visitor.csrf }, { origin: 'https://evil.example' }],
    ];
    for (const [form, headers] of tries) expect((await visitor.post(path, form, headers)).status).toBe(403);
    expect((await visitor.get(path, {})).status).toBe(200);
    expect((await visitor.get(`/portal/e/${id}/questions`)).body).toContain('Nothing yet in this session.');
  });
});
