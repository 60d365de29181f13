FROM node:24@sha256:1e42bbe2508154c9126d48c2b8a75420c3544343bf86fd041fb7527e017a4b4a AS build
COPY . .
RUN npm ci && npm run build

FROM gcr.io/distroless/nodejs24@sha256:1e42bbe2508154c9126d48c2b8a75420c3544343bf86fd041fb7527e017a4b4a
COPY --from=build /app/dist /app
