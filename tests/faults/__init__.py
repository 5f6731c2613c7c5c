"""What goes wrong around the platform: processes killed, connections cut, disks full, clocks wrong, SQL by hand."""
