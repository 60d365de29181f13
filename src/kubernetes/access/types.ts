/** What one connection is made with. Nothing of it goes into a log, a record or a message. */
export interface Credentials {
  /** PEM of who signed the API server's certificate; what the system trusts where it is not given. */
  ca?: string;
  /** PEM of a client certificate and its key. */
  cert?: string;
  key?: string;
  token?: string;
}

/** How an API server is reached, and as whom. */
export interface ClusterAccess {
  /** Of the cluster, as the kubeconfig calls it; empty in a pod, which does not know. */
  readonly cluster: string;
  /** https, without a path unless the cluster stands behind one. */
  readonly server: URL;
  /** The name in the server's certificate, where it is not that of the address. */
  readonly serverName?: string;
  /** Read again from time to time: tokens in files are replaced under way. @param fresh the last ones were refused */
  credentials(fresh?: boolean): Promise<Credentials>;
}

/** How long what was read of a file is used, in milliseconds; a kubelet replaces a token long before it ends. */
export const READ_AGAIN = 30_000;
