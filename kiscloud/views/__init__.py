"""Pages of the management centre (`/manage/`), the workbench (`/workbench/`) and help (`/help/`)."""
