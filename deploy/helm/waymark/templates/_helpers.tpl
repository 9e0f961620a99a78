{{- define "waymark.name" -}}
{{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Cut so that the ordinal of a pod and the hash of a revision still fit into a label. */}}
{{- define "waymark.fullname" -}}
{{- $name := include "waymark.name" . }}
{{- $own := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- default $own .Values.fullnameOverride | trunc 48 | trimSuffix "-" }}
{{- end }}

{{- define "waymark.selector" -}}
app.kubernetes.io/name: {{ include "waymark.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "waymark.labels" -}}
{{ include "waymark.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "waymark.serviceAccount" -}}
{{- $own := .Values.serviceAccount.create | ternary (include "waymark.fullname" .) "default" }}
{{- default $own .Values.serviceAccount.name }}
{{- end }}

{{- define "waymark.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag }}
{{- with .Values.image.digest }}
{{- printf "%s@%s" $.Values.image.repository . }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository $tag }}
{{- end }}
{{- end }}

{{- define "waymark.port" -}}
{{ dig "http" "port" 8080 .Values.settings | int }}
{{- end }}

{{/* waymark.yaml: the values' settings, and what the pod itself decides, which wins. */}}
{{- define "waymark.settings" -}}
{{- $http := dict "address" "0.0.0.0" "port" (include "waymark.port" . | int) }}
{{- with .Values.http.tls }}
{{- if .secret }}
{{- $folder := "/run/secrets/http-tls/" }}
{{- $tls := dict "certificate" (print $folder .certificate) "key" (print $folder .key) }}
{{- if .clientCa }}{{ $_ := set $tls "client_ca" (print $folder .clientCa) }}{{ end }}
{{- $_ := set $http "tls" $tls }}
{{- end }}
{{- end }}
{{- with .Values.http.token }}
{{- if .secret }}{{ $_ := set $http "token" (print "file:/run/secrets/http-token/" .key) }}{{ end }}
{{- end }}
{{- $own := dict
      "http" $http
      "models" (dict "directory" "/etc/waymark/models")
      "state" (dict "directory" "/var/lib/waymark") }}
{{- mergeOverwrite (deepCopy .Values.settings) $own | toYaml }}
{{- end }}

{{- define "waymark.models" -}}
{{- range $name, $text := .Values.models }}
{{ $name | quote }}: |
  {{- $text | nindent 2 }}
{{- else }}
{{- range $path, $text := .Files.Glob "files/models/*.yaml" }}
{{ base $path | quote }}: |
  {{- $text | toString | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* As many instances as there are partitions have work; more would only wait. */}}
{{- define "waymark.replicasMax" -}}
{{ min (int .Values.autoscaling.maxReplicas) (int .Values.partitions) }}
{{- end }}

{{/* One instance a step, and rarely: each step moves partitions, and with them state. */}}
{{- define "waymark.behavior" -}}
scaleUp:
  stabilizationWindowSeconds: {{ .Values.autoscaling.scaleUpStabilizationSeconds }}
  policies:
    - type: Pods
      value: 1
      periodSeconds: {{ min 1800 (max 60 (int .Values.autoscaling.scaleUpStabilizationSeconds)) }}
scaleDown:
  stabilizationWindowSeconds: {{ .Values.autoscaling.scaleDownStabilizationSeconds }}
  policies:
    - type: Pods
      value: 1
      periodSeconds: 1800
{{- end }}

{{- define "waymark.probe" -}}
httpGet:
  path: {{ .path }}
  port: http
  scheme: {{ .tls | ternary "HTTPS" "HTTP" }}
{{ toYaml .settings }}
{{- end }}
