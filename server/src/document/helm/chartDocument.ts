// What a document of a Helm chart's file says to the chart: values, templates' expressions, the application's version.

import type { ChartDocument, ImageUse } from "../analysis.ts";
import { maskTemplates } from "../templates/templateMask.ts";
import { placeOf } from "../writtenImage.ts";
import { parseYaml, type YamlNode } from "../yaml/yamlDocument.ts";
import {
  expressionAt,
  noChartParts,
  readAppVersion,
  readDefines,
  readDependencies,
  readValues,
  scopeReader,
  type ChartFile,
  type ImageExpression,
} from "./chartParts.ts";

/**
 * What a document says as part of a chart.
 * @param text the YAML document.
 * @param images those of a template.
 */
export function chartDocument(
  file: ChartFile,
  text: string,
  images: readonly ImageUse[],
): ChartDocument {
  const root = (): YamlNode | undefined => parseYaml(maskTemplates(text)).roots[0];
  switch (file) {
    case "chart": {
      const chart = root();
      if (chart === undefined) return { file, parts: noChartParts };
      const [appVersion, dependencies] = [readAppVersion(chart), readDependencies(chart)];
      return { file, parts: { ...noChartParts, appVersion, dependencies } };
    }
    case "values": {
      const values = root();
      return { file, parts: { ...noChartParts, values: values && readValues(values) } };
    }
    case "template": {
      const inOrder = [...images].sort((a, b) => placeOf(a).start - placeOf(b).start);
      const stepsAt = scopeReader(text);
      const expressions = inOrder.flatMap((use) => expressionOf(use, text, stepsAt));
      return { file, parts: { ...noChartParts, expressions, defines: readDefines(text) } };
    }
  }
}

function expressionOf(
  use: ImageUse,
  text: string,
  stepsAt: ReturnType<typeof scopeReader>,
): ImageExpression[] {
  const { reference, role, platform, resource, container, followsKserveDefault = false } = use;
  if (reference.kind !== "placeholder" || !reference.text.includes("{{")) return [];
  const place = placeOf(use);
  const expression = expressionAt(text, place.start, reference.text);
  const steps = stepsAt(place.start);
  return [
    { text: expression, steps, place, role, platform, resource, container, followsKserveDefault },
  ];
}
