// What a document of a Helm chart's file says to the chart: values, templates' expressions, the application's version.

import { legacySkipListKey, skipListKey } from "../../knative/skipList/skipList.ts";
import type { ChartDocument, ConfigSource, DocumentAnalysis, ImageUse } from "../analysis.ts";
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
  withoutQuotes,
  type ChartFile,
  type ImageExpression,
  type SkipListExpression,
} from "./chartParts.ts";

/**
 * What a document says as part of a chart.
 * @param text the YAML document.
 * @param analysis what a template says as a manifest.
 */
export function chartDocument(
  file: ChartFile,
  text: string,
  { images, configs }: Pick<DocumentAnalysis, "images" | "configs">,
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
      const skipLists = configs.flatMap((config) => skipListsOf(config, text));
      return {
        file,
        parts: { ...noChartParts, expressions, skipLists, defines: readDefines(text) },
      };
    }
  }
}

/** The skip list of a configuration, where it is one text of a template. */
function skipListsOf(config: ConfigSource, text: string): SkipListExpression[] {
  if (config.misplaced !== undefined) return [];
  const named = (key: string) => config.entries.find((entry) => entry.key.text === key);
  const entry = named(skipListKey) ?? named(legacySkipListKey);
  if (entry?.value === undefined) return [];
  const { start, end } = entry.value.span;
  const written = text.slice(start, end);
  if (!written.includes("{{") || written.includes("\n")) return [];
  const steps = scopeReader(text)(start);
  return [{ text: withoutQuotes(written), steps, place: entry.value.span }];
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
