FROM node:24 AS build
ARG VERSION=1
RUN --mount=type=secret,id=npm npm ci

FROM node:24
ENV NODE_ENV=production DB_PASSWORD_FILE=/run/secrets/db
