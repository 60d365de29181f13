/** Type of the manifest of an image. */
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** What OPA takes for a bundle. @see OPA v1/download/oci_download.go, bundleLayer */
export const OCI_BUNDLE_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
