"""Connects QGIS to a server as a planner would, and prints as JSON what it sees.

usage: qgis_look.py SERVER PICTURE
"""

import json
import os
import sys

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

server, picture = sys.argv[1], sys.argv[2]
QgsApplication.setPrefixPath("/usr", True)
app = QgsApplication([], False)
app.initQgis()
seen = {"layers": {}}

for name in ("ring_roads", "intersections", "high_tech_zones"):
    layer = QgsVectorLayer(f"url='{server}' typename='{name}'", name, "OAPIF")
    if not layer.isValid():
        raise SystemExit(f"{name}: {layer.error().message()}")
    features = list(layer.getFeatures())
    extent = layer.extent()
    box = QgsRectangle(105.8, 20.95, 105.9, 21.05)
    seen["layers"][name] = {
        "count": len(features),
        "names": sorted(str(f["name"]) for f in features),
        "extent": [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()],
        "in_box": sum(1 for _ in layer.getFeatures(QgsFeatureRequest().setFilterRect(box))),
    }

tiles = QgsVectorTileLayer(
    f"type=xyz&url={server}/tiles/all/{{z}}/{{x}}/{{y}}.mvt&zmin=0&zmax=22&styleUrl={server}/styles/hanoi.json", "hanoi"
)
if not tiles.isValid():
    raise SystemExit("the tiles are not valid")
seen["styled"] = bool(tiles.loadDefaultStyle()[1])

settings = QgsMapSettings()
settings.setLayers([tiles])
settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
settings.setBackgroundColor(QColor(255, 0, 255))
settings.setOutputSize(QSize(1000, 800))
settings.setExtent(QgsRectangle(11757000, 2374000, 11812000, 2418000))
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
image = job.renderedImage()
image.save(picture)
colours = {}
for x in range(0, image.width(), 2):
    for y in range(0, image.height(), 2):
        colour = image.pixelColor(x, y).name()
        colours[colour] = colours.get(colour, 0) + 1
seen["colours"] = colours
seen["errors"] = [e.message for e in job.errors()]
print(json.dumps(seen, ensure_ascii=False))
sys.stdout.flush()
os._exit(0)  # QGIS 3.22 crashes when it takes itself down while layers live
