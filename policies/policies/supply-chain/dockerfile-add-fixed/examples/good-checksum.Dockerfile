FROM debian:12 AS get
ADD --checksum=sha256:1e42bbe2508154c9126d48c2b8a75420c3544343bf86fd041fb7527e017a4b4a https://example.com/tool.tar.gz /tmp/

FROM debian:12
ADD app.tar.gz /app
