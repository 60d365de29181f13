/** A pod of the namespace `shop` that complies with the library, but for a privilege where a test wants it. */
export const pod = (name: string, privileged = false): string => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  labels: {app.kubernetes.io/name: web, owner: shop, environment: production}
spec:
  automountServiceAccountToken: false
  serviceAccountName: web
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: web
      image: registry.example.com/web@sha256:${'a'.repeat(64)}
      resources: {limits: {cpu: 100m, memory: 64Mi}, requests: {cpu: 100m, memory: 64Mi}}
      readinessProbe: {httpGet: {path: /ready, port: 8080}}
      securityContext:
        privileged: ${privileged}
        ${privileged ? '' : 'allowPrivilegeEscalation: false'}
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
`;
