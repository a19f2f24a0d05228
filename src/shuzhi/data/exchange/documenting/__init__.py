"""How an interface is called, written from its declaration (接口文档): texts for pages, parts of OpenAPI, examples that run."""
