"""The closed loop of a case 案卷: from a report to the closed, verified file."""
