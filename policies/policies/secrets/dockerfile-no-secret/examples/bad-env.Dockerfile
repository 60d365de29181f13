FROM node:24 AS build
ARG NPM_TOKEN
RUN npm ci

FROM node:24
ENV NODE_ENV=production \
    DB_PASSWORD=correct-horse-battery
