FROM debian:12 AS get
ADD https://example.com/tool.tar.gz /tmp/

FROM debian:12
ADD ["https://example.com/app.tar.gz", "/app"]
