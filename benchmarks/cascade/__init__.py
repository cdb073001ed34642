"""What the meaning model costs, stage by stage, and what each stage brings."""
