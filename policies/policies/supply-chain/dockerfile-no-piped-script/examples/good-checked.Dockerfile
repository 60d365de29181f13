FROM debian:12 AS get
RUN curl -fsSLo tool.sh https://example.com/tool.sh \
    && sha256sum --check tool.sha256 \
    && sh tool.sh

FROM debian:12
RUN apt-get update && apt-get install -y curl
