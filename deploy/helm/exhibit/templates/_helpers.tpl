{{- define "exhibit.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* Labels of every object; call with (dict "root" $ "part" "webhook"). */}}
{{- define "exhibit.labels" -}}
{{ include "exhibit.selector" . }}
app.kubernetes.io/part-of: exhibit
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
owner: {{ .root.Values.owner | quote }}
environment: {{ .root.Values.environment | quote }}
{{- end }}

{{- define "exhibit.selector" -}}
app.kubernetes.io/name: exhibit
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "exhibit.image" -}}
{{- $digest := required "image.digest: the digest of the image (sha256:...); a tag could become another image" .Values.image.digest -}}
{{- if not (regexMatch "^sha256:[0-9a-f]{64}$" $digest) }}{{ fail (printf "image.digest: %q is no digest" $digest) }}{{ end -}}
{{ .Values.image.repository }}@{{ $digest }}
{{- end }}

{{/* Where evidence goes. */}}
{{- define "exhibit.evidence" -}}
{{- if .Values.evidence.url -}}
{{- if .Values.server.enabled }}{{ fail "evidence.url: evidence has one place; set server.enabled: false, or leave evidence.url out" }}{{ end -}}
{{- if not (hasPrefix "https://" .Values.evidence.url) }}{{ fail (printf "evidence.url: %s is not https" .Values.evidence.url) }}{{ end -}}
{{ .Values.evidence.url }}
{{- else -}}
{{- if not .Values.server.enabled }}{{ fail "server.enabled: false wants evidence.url: what is judged must go somewhere" }}{{ end -}}
https://{{ include "exhibit.name" . }}-server.{{ .Release.Namespace }}.svc:8420
{{- end -}}
{{- end }}

{{/* Where webhook and watcher get the bundle: from the server here, which keeps the last good one, else from its origin. */}}
{{- define "exhibit.bundle" -}}
{{- $keys := list "/etc/exhibit/bundle.pub.pem" -}}
{{- if .Values.server.enabled -}}
{{- $http := dict "url" (printf "%s/bundles/main" (include "exhibit.evidence" .)) "token_file" "/var/run/secrets/exhibit/token" "ca_file" "/etc/exhibit-authority/ca.crt" -}}
{{ toYaml (list (dict "name" "main" "keys" $keys "http" $http)) }}
{{- else -}}
{{ include "exhibit.origin" . }}
{{- end -}}
{{- end }}

{{- define "exhibit.origin" -}}
{{- if not .Values.bundle.origin }}{{ fail "bundle.origin: says where the signed bundle comes from: oci, s3 or http" }}{{ end -}}
{{ toYaml (list (merge (dict "name" "main" "keys" (list "/etc/exhibit/bundle.pub.pem")) .Values.bundle.origin)) }}
{{- end }}

{{/* Names of a part by which it is asked; call with (dict "root" $ "part" "server"). */}}
{{- define "exhibit.names" -}}
{{- $service := printf "%s-%s" (include "exhibit.name" .root) .part -}}
{{ toYaml (list $service (printf "%s.%s" $service .root.Release.Namespace) (printf "%s.%s.svc" $service .root.Release.Namespace)) }}
{{- end }}

{{/* Security of a pod and of its container: the restricted standard, and no way to write but the volumes. */}}
{{- define "exhibit.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "exhibit.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* What a pod shows its API server, and by which authority it knows it. */}}
{{- define "exhibit.clusterVolume" -}}
- name: cluster
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken: {path: token, expirationSeconds: 3600}
      - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
      - downwardAPI: {items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]}
{{- end }}

{{/* A claim of a volume; call with {size, class}. */}}
{{- define "exhibit.claim" -}}
accessModes: [ReadWriteOnce]
{{- with .class }}
storageClassName: {{ . }}
{{- end }}
resources: {requests: {storage: {{ .size }}}}
{{- end }}

{{/* What who sends evidence shows, and by which authority it knows the server. */}}
{{- define "exhibit.evidenceMounts" -}}
- {name: token, mountPath: /var/run/secrets/exhibit, readOnly: true}
{{- if or .Values.server.enabled .Values.evidence.ca }}
- {name: authority, mountPath: /etc/exhibit-authority, readOnly: true}
{{- end }}
{{- end }}

{{- define "exhibit.evidenceVolumes" -}}
{{- if .Values.evidence.tokenSecret -}}
- {name: token, secret: {secretName: {{ .Values.evidence.tokenSecret }}, defaultMode: 0440, items: [{key: token, path: token}]}}
{{- else -}}
- name: token
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken: {path: token, audience: exhibit, expirationSeconds: 3600}
{{- end }}
{{- if .Values.server.enabled }}
- {name: authority, secret: {secretName: {{ include "exhibit.name" . }}-server-tls, defaultMode: 0440, items: [{key: ca.crt, path: ca.crt}]}}
{{- else if .Values.evidence.ca }}
- {name: authority, configMap: {name: {{ include "exhibit.name" . }}-evidence}}
{{- end }}
{{- end }}
