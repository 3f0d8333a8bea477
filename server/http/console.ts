/** The pages that the gateway makes itself, and what a browser is told about them. */

const directives = (more: string): string =>
  `default-src 'none'; ${more}base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** @param sources What the page may load, as the beginning of a Content-Security-Policy. */
export const htmlHeaders = (sources = ''): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': directives(sources),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
});

export const firstPage = (version: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Signalbox</title>
<link rel="icon" href="data:,">
</head>
<body>
<h1>Signalbox ${version}</h1>
<p>A gateway for AI APIs in which nothing happens off the record.</p>
<ul>
<li><a href="/docs">The API, with every route</a></li>
<li><a href="/health">Its health</a></li>
<li>How it is set up and used: README.md in the folder it was started from</li>
</ul>
</body>
</html>
`;
