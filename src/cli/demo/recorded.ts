import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DAY_MILLISECONDS } from '../../record/index.ts';
import { issueAuthority, issueLeaf } from '../../server/index.ts';
import { findShop } from './shop.ts';

/** Answers of an API server that were recorded, given again: the kinds that it has, and one Deployment. */
export class RecordedCluster {
  readonly kubeconfig: string;
  readonly #server: Server;
  #object: unknown;

  private constructor(server: Server, kubeconfig: string) {
    this.#server = server;
    this.kubeconfig = kubeconfig;
  }

  /** @param kubeconfig file that is written, by which it is reached */
  static async start(kubeconfig: string): Promise<RecordedCluster> {
    const term = { from: Date.now() - DAY_MILLISECONDS, until: Date.now() + DAY_MILLISECONDS };
    const authority = await issueAuthority({ name: 'recorded cluster', ...term });
    const { cert, key } = await issueLeaf({ name: 'recorded', names: ['127.0.0.1'], ...term }, authority);
    const server = createServer({ cert, key });
    const cluster = new RecordedCluster(server, kubeconfig);
    server.on('request', (request, response) => {
      const body = cluster.#answer(new URL(request.url ?? '/', 'https://127.0.0.1').pathname);
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify(body ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404 }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    writeFileSync(kubeconfig, configOf(`https://127.0.0.1:${port}`, authority.cert), { mode: 0o600 });
    return cluster;
  }

  /** What the cluster has from now on. @param file below `examples/shop/cluster` */
  has(file: string): void {
    this.#object = JSON.parse(readFileSync(join(findShop(), 'cluster', file), 'utf8')) as unknown;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(path: string): unknown {
    switch (path) {
      case '/apis':
        return { groups: [{ name: 'apps', preferredVersion: { groupVersion: 'apps/v1', version: 'v1' } }] };
      case '/apis/apps/v1':
        return {
          resources: [
            { name: 'deployments', kind: 'Deployment', namespaced: true, verbs: ['list', 'watch'] },
          ],
        };
      case '/apis/apps/v1/deployments':
        return {
          kind: 'DeploymentList',
          apiVersion: 'apps/v1',
          metadata: { resourceVersion: '100' },
          items: [this.#object],
        };
      default:
        return undefined;
    }
  }
}

function configOf(server: string, authority: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'recorded',
    contexts: [{ name: 'recorded', context: { cluster: 'recorded', user: 'recorded' } }],
    clusters: [
      {
        name: 'recorded',
        cluster: { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') },
      },
    ],
    users: [{ name: 'recorded', user: { token: 'recorded' } }],
  });
}
