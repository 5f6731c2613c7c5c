// A bar chart of a table that stands beside it; loaded only where one is. The table says everything the chart says.
import { BarChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, GridComponent, SVGRenderer]);

class Chart extends HTMLElement {
  connectedCallback(): void {
    const table = document.getElementById(this.getAttribute("table") ?? "");
    const rows = [...(table?.querySelectorAll<HTMLTableRowElement>("tbody tr[data-value]") ?? [])];
    if (rows.length === 0) return;
    const style = getComputedStyle(this);
    const text = style.getPropertyValue("--text").trim();
    this.setAttribute("aria-hidden", "true");
    const chart = init(this, null, { renderer: "svg", height: 48 + rows.length * 40 });
    chart.setOption({
      animation: false,
      grid: { left: 8, right: 64, top: 8, bottom: 8, containLabel: true },
      xAxis: { type: "value", axisLabel: { color: text, hideOverlap: true }, splitLine: { lineStyle: { color: style.getPropertyValue("--hairline").trim() } } },
      yAxis: { type: "category", inverse: true, axisLabel: { color: text }, data: rows.map((row) => row.cells[0]?.textContent ?? "") },
      series: [
        {
          type: "bar",
          barMaxWidth: 24,
          itemStyle: { color: style.getPropertyValue("--accent").trim() },
          label: { show: true, position: "right", color: text },
          data: rows.map((row) => Number(row.dataset["value"])),
        },
      ],
    });
    addEventListener("resize", () => chart.resize());
  }
}

customElements.define("wangge-chart", Chart);
