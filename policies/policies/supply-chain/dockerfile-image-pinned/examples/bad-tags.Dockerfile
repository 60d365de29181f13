FROM node:24 AS build
RUN npm ci

FROM debian
COPY --from=build /app /app
