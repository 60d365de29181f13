FROM node:24 AS build
RUN npm ci

FROM node:24
COPY --from=build /app /app
USER 10001
