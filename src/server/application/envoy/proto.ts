import protobuf from 'protobufjs';

/**
 * What of Envoy's external authorisation is read and written here, with the names and numbers of the published files; fields that are
 * not here are passed over, as protobuf wants it. A test holds it against those files.
 * @see envoy/service/auth/v3/external_auth.proto, attribute_context.proto
 */
const PROTO = `syntax = "proto3";
package envoy.service.auth.v3;
message Value {
  oneof kind {
    int32 null_value = 1;
    double number_value = 2;
    string string_value = 3;
    bool bool_value = 4;
    Struct struct_value = 5;
    ListValue list_value = 6;
  }
}
message Struct { map<string, Value> fields = 1; }
message ListValue { repeated Value values = 1; }
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
message Metadata { map<string, Struct> filter_metadata = 1; }
message HeaderValue { string key = 1; string value = 2; bytes raw_value = 3; }
message HeaderMap { repeated HeaderValue headers = 1; }
message HeaderValueOption { HeaderValue header = 1; }
message SocketAddress {
  enum Protocol { TCP = 0; UDP = 1; }
  Protocol protocol = 1;
  string address = 2;
  oneof port_specifier { uint32 port_value = 3; string named_port = 4; }
  string resolver_name = 5;
  bool ipv4_compat = 6;
}
message Pipe { string path = 1; uint32 mode = 2; }
message Internal { string server_listener_name = 1; string endpoint_id = 2; }
message Address {
  oneof address { SocketAddress socket_address = 1; Pipe pipe = 2; Internal envoy_internal_address = 3; }
}
message AttributeContext {
  message Peer {
    Address address = 1;
    string service = 2;
    map<string, string> labels = 3;
    string principal = 4;
    string certificate = 5;
  }
  message HttpRequest {
    string id = 1;
    string method = 2;
    map<string, string> headers = 3;
    string path = 4;
    string host = 5;
    string scheme = 6;
    string query = 7;
    string fragment = 8;
    int64 size = 9;
    string protocol = 10;
    string body = 11;
    bytes raw_body = 12;
    HeaderMap header_map = 13;
  }
  message Request { Timestamp time = 1; HttpRequest http = 2; }
  message TLSSession { string sni = 1; }
  Peer source = 1;
  Peer destination = 2;
  Request request = 4;
  map<string, string> context_extensions = 10;
  Metadata metadata_context = 11;
  TLSSession tls_session = 12;
  Metadata route_metadata_context = 13;
}
message CheckRequest { AttributeContext attributes = 1; }
message HttpStatus { int32 code = 1; }
message DeniedHttpResponse { HttpStatus status = 1; repeated HeaderValueOption headers = 2; string body = 3; }
message OkHttpResponse { repeated HeaderValueOption headers = 2; }
message Status { int32 code = 1; string message = 2; }
message CheckResponse {
  Status status = 1;
  oneof http_response { DeniedHttpResponse denied_response = 2; OkHttpResponse ok_response = 3; }
}
`;

export const ROOT = protobuf.parse(PROTO).root;
const REQUEST = ROOT.lookupType('envoy.service.auth.v3.CheckRequest');
const RESPONSE = ROOT.lookupType('envoy.service.auth.v3.CheckResponse');

/** Full name of the method, as HTTP/2 carries it. */
export const CHECK_PATH = '/envoy.service.auth.v3.Authorization/Check';

/** As JSON of protobuf writes it: camelCase, what is not set is not there, 64-bit numbers as text, bytes in base64. */
export type PlainMessage = Record<string, unknown>;

/** @throws Error for bytes that are no CheckRequest */
export function decodeCheck(bytes: Uint8Array): PlainMessage {
  return REQUEST.toObject(REQUEST.decode(bytes), { longs: String, bytes: String, enums: String });
}

export interface CheckAnswer {
  /** Code of gRPC: 0 lets the request through. */
  status: { code: number; message?: string };
  deniedResponse?: {
    status: { code: number };
    headers: { header: { key: string; value: string } }[];
    body: string;
  };
  okResponse?: Record<string, never>;
}

export function encodeAnswer(answer: CheckAnswer): Buffer {
  return Buffer.from(RESPONSE.encode(RESPONSE.fromObject(answer)).finish());
}
