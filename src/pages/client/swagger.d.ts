declare module 'swagger-ui-dist/swagger-ui-bundle.js' {
  interface SwaggerUi {
    (options: Record<string, unknown>): unknown;
    presets: { apis: unknown };
  }
  const swaggerUi: SwaggerUi;
  export default swaggerUi;
}

declare module 'swagger-ui-dist/swagger-ui-standalone-preset.js' {
  const preset: unknown;
  export default preset;
}
