/** What a witness has answered, in Prometheus' text format. Names of logs are not in it. */
export class Tally {
  readonly #answers = new Map<number, number>();
  readonly #read: () => { logs: number; suspects: number };

  constructor(read: () => { logs: number; suspects: number }) {
    this.#read = read;
  }

  count(status: number): void {
    this.#answers.set(status, (this.#answers.get(status) ?? 0) + 1);
  }

  text(): string {
    const { logs, suspects } = this.#read();
    const answers = [...this.#answers]
      .sort(([a], [b]) => a - b)
      .map(([status, count]) => `exhibit_witness_answers_total{status="${status}"} ${count}`);
    return `${[
      '# HELP exhibit_witness_answers_total Answers to add-checkpoint, by status; 200: a checkpoint was co-signed.',
      '# TYPE exhibit_witness_answers_total counter',
      ...answers,
      '# HELP exhibit_witness_logs Logs that the witness knows.',
      '# TYPE exhibit_witness_logs gauge',
      `exhibit_witness_logs ${logs}`,
      '# HELP exhibit_witness_suspects Signed checkpoints that did not go on from what the witness knew, and are kept.',
      '# TYPE exhibit_witness_suspects gauge',
      `exhibit_witness_suspects ${suspects}`,
    ].join('\n')}\n`;
  }
}
