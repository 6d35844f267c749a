// A language server that can do nothing: what its start takes is the machine's and the library's.

const { createConnection, ProposedFeatures } = require("vscode-languageserver/node");

const connection = createConnection(ProposedFeatures.all);
connection.onInitialize(() => ({ capabilities: {} }));
connection.onShutdown(() => undefined);
connection.listen();
