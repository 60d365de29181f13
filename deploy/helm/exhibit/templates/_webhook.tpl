{{/* What the API server asks about: the same as `exhibit admission webhook` prints. */}}
{{- define "exhibit.webhook" -}}
{{- $values := .Values.webhook }}
{{- $exempt := concat (list "kube-system" "kube-node-lease" "kube-public" .Release.Namespace) $values.exempt | uniq | sortAlpha }}
{{- if not (has $values.failurePolicy (list "Fail" "Ignore")) }}{{ fail "webhook.failurePolicy: Fail or Ignore" }}{{ end }}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: {{ include "exhibit.name" . }}
  labels: {{- include "exhibit.labels" (dict "root" . "part" "webhook") | nindent 4 }}
  {{- if .Values.certificates.issued }}
  annotations: {admission.exhibit/ca-bundle: server}
  {{- else if .Values.certificates.certManager }}
  annotations: {cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/{{ include "exhibit.name" . }}-webhook}
  {{- end }}
webhooks:
  - name: validate.admission.exhibit
    admissionReviewVersions: [v1]
    clientConfig:
      service:
        namespace: {{ .Release.Namespace }}
        name: {{ include "exhibit.name" . }}-webhook
        port: 8420
        path: /v1/admission
      {{- if not (or .Values.certificates.issued .Values.certificates.certManager) }}
      caBundle: {{ required "certificates.ca: PEM of the authority of the certificates; or certificates.certManager: true" .Values.certificates.ca | b64enc }}
      {{- end }}
    failurePolicy: {{ $values.failurePolicy }}
    matchPolicy: Equivalent
    sideEffects: NoneOnDryRun
    timeoutSeconds: {{ $values.timeoutSeconds }}
    namespaceSelector:
      matchExpressions:
        - {key: kubernetes.io/metadata.name, operator: NotIn, values: {{ toJson $exempt }}}
    matchConditions:
      - name: not-a-lease
        expression: "!(request.resource.group == 'coordination.k8s.io' && request.resource.resource == 'leases')"
      - name: not-an-event
        expression: "!(request.resource.group in ['', 'events.k8s.io'] && request.resource.resource == 'events')"
      - name: not-a-question-about-access
        expression: "!(request.resource.group in ['authentication.k8s.io', 'authorization.k8s.io'])"
      - name: not-the-state-of-a-namespace
        expression: "!(request.resource.group == '' && request.resource.resource == 'namespaces' && has(request.subResource) && request.subResource in ['status', 'finalize'] && (has(object.metadata.labels) ? object.metadata.labels : {}) == (has(oldObject.metadata.labels) ? oldObject.metadata.labels : {}) && (has(object.metadata.annotations) ? object.metadata.annotations : {}) == (has(oldObject.metadata.annotations) ? oldObject.metadata.annotations : {}))"
    rules:
      - apiGroups: ["*"]
        apiVersions: ["*"]
        operations: {{ if $values.deletes }}[CREATE, UPDATE, DELETE]{{ else }}[CREATE, UPDATE]{{ end }}
        resources: ["*", "*/scale", pods/ephemeralcontainers, pods/resize, namespaces/status, namespaces/finalize]
        scope: "*"
      - apiGroups: [""]
        apiVersions: [v1]
        operations: [CONNECT]
        resources: [pods/exec, pods/attach, pods/portforward, pods/proxy, nodes/proxy]
        scope: "*"
{{- end }}
