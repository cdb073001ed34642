"""An entry of the register says when it came back by an import, and after which withdrawal; of older ones nobody knows."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("store", "0022_patient_ids_taken_back"),)
    operations = (
        migrations.AddField(
            model_name="registerentry",
            name="back_after",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="came_back",
                to="store.registerentry",
            ),
        ),
        migrations.AddField(
            model_name="registerentry",
            name="brought_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="came_back",
                to="store.import",
            ),
        ),
    )
