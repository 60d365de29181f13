FROM debian:12 AS get
RUN apt-get update \
    && curl -fsSL https://example.com/install.sh | sh

FROM debian:12
RUN <<EOF
set -e
wget -qO- https://example.com/setup | bash
EOF
