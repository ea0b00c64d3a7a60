"""Tables: models, migrations, named constraints, bounded queries."""
