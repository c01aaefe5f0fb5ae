"""What pages share: state, doors to the core, widgets and components."""
