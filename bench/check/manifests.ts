import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes Deployments of about 1.3 KB, of which a third breaks one or more of the five rules: the same for every tool.
 * @returns how many there are
 */
export function writeManifests(folder: string, count: number): number {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i += 1)
    writeFileSync(join(folder, `app-${String(i).padStart(4, '0')}.yaml`), manifest(i));
  return count;
}

/** One Deployment; which rules it breaks follows from its number. */
export function manifest(i: number): string {
  const latest = i % 3 === 0;
  const privileged = i % 9 === 0;
  const limits = i % 6 !== 0;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${i}
  namespace: team-${i % 17}
  labels:
    app.kubernetes.io/name: app-${i}
    app.kubernetes.io/part-of: shop
    team: team-${i % 17}
  annotations:
    example.com/owner: team-${i % 17}@example.com
spec:
  replicas: ${1 + (i % 5)}
  revisionHistoryLimit: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: app-${i}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: app-${i}
    spec:
      serviceAccountName: app-${i}
      hostNetwork: ${i % 27 === 0}
      containers:
        - name: web
          image: registry.example.com/shop/app-${i}:${latest ? 'latest' : `1.${i % 40}.0`}
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: info
            - name: REGION
              value: eu-central-1
          readinessProbe:
            httpGet: {path: /ready, port: http}
            periodSeconds: 5
          securityContext:
            privileged: ${privileged}
            readOnlyRootFilesystem: true
${limits ? '          resources:\n            requests: {cpu: 100m, memory: 128Mi}\n            limits: {cpu: 500m, memory: 256Mi}\n' : ''}      volumes:
        - name: tmp
          emptyDir: {}
`;
}
