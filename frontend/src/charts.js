// Draws charts as SVG: <div class="d-chart" data-chart='{…an ECharts option…}'></div>; data-ready when it stands.
// A colour in the option is the name of its token: {"color": "--d-red-600"}.
import * as echarts from 'echarts/core';
import { BarChart, LineChart } from 'echarts/charts';
import {
  AriaComponent, GridComponent, LegendComponent, MarkLineComponent, MarkPointComponent, TooltipComponent,
} from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';
import { eachPart } from './parts.js';

echarts.use([
  BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, MarkPointComponent,
  TooltipComponent, SVGRenderer,
]);

function house() {
  const style = getComputedStyle(document.documentElement);
  return {
    aria: { enabled: true },
    animation: false,
    textStyle: { fontFamily: style.getPropertyValue('--d-font').trim(), fontSize: 12, color: style.getPropertyValue('--d-ink-2').trim() },
  };
}

function optionOf(element) {
  const style = getComputedStyle(document.documentElement);
  const coloured = (_key, value) => (typeof value === 'string' && value.startsWith('--') ? style.getPropertyValue(value).trim() : value);
  return JSON.parse(element.dataset.chart, coloured);
}

eachPart('[data-chart]', (element) => {
  const chart = echarts.init(element, null, { renderer: 'svg' });
  chart.setOption({ ...house(), ...optionOf(element) });
  const resized = new ResizeObserver(() => {
    if (element.isConnected) {
      chart.resize();
      return;
    }
    resized.disconnect();   // htmx has taken the element out
    chart.dispose();
  });
  resized.observe(element);
  element.dataset.ready = '1';
});
