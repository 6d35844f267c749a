// Files of any size: Services of 26 lines each, every one with an image of its own.

/** The image of the Service with this number. */
function imageOf(index: number, host: string): string {
  return `${host}/${repositoryOf(index)}:${tagOf(index)}`;
}

/** Twenty Services share a repository, as the parts of a product do. */
export function repositoryOf(index: number): string {
  return `shop/part-${Math.floor(index / 20)}`;
}

/** Tags differ inside a repository. */
export function tagOf(index: number): string {
  return `1.${index % 20}`;
}

/** A multi-document file with this many Services. */
export function servicesFile(count: number, host: string): string {
  return Array.from({ length: count }, (_, index) => service(index, host)).join("---\n");
}

/** One Service: 25 lines, which with the separator make 26. */
export function service(index: number, host: string): string {
  return `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: service-${index}
  namespace: shop
  labels:
    app.kubernetes.io/part-of: shop
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/min-scale: "1"
        autoscaling.knative.dev/max-scale: "10"
    spec:
      containers:
        - image: ${imageOf(index, host)}
          ports:
            - containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: info
          resources:
            limits:
              cpu: 500m
              memory: 256Mi
`;
}

/** Lines from the start of one Service to the start of the next. */
export const linesPerService = 26;

/** Counted from the Service's first line: where its image and a value to type in stand. */
export const imageLine = 15;
export const typingLine = 20;
export const typingColumn = "              value: info".length;
