/** Version of this package; a test holds it to package.json. A constant, because the published file is one bundle. */
export const VERSION = '0.1.0';
