"""The seats' pages 坐席: work list, case page, report form; units and the field share the lists."""
