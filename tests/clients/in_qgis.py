"""Runs under Debian's Python with QGIS, in a process of its own: writes as JSON what QGIS sees of /ogc/ and of files.

Arguments: the address of /ogc/, where to draw to, files to open.
"""

import faulthandler
import json
import os
import sys
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"
faulthandler.enable()
faulthandler.dump_traceback_later(100, exit=True)

from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsRectangle,
    QgsRendererCategory,
    QgsSettings,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402
from qgis.PyQt.QtGui import QColor  # noqa: E402

address, drawn, *files = sys.argv[1:]
SIZE = 400
COLOURS = {"risky": "#c00000", "robust": "#0000c0"}

QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()


def listed() -> list[str]:
    """What the browser lists of a connection, as people make it."""
    settings = QgsSettings()
    settings.setValue("qgis/connections-wfs/atlas/url", address)
    settings.setValue("qgis/connections-wfs/atlas/version", "OGC_API_FEATURES")
    provider = QgsApplication.dataItemProviderRegistry().provider("WFS")
    (connection,) = provider.createDataItem("", None).createChildren()
    return [item.name() for item in connection.createChildren()]


def layer_of(name: str) -> QgsVectorLayer:
    return QgsVectorLayer(f"url='{address}' typename='{name}' version='OGC_API_FEATURES'", name, "OAPIF")


def told(layer: QgsVectorLayer) -> dict[str, Any]:
    """How QGIS understands a layer."""
    features = list(layer.getFeatures())
    return {
        "valid": layer.isValid(),
        "count": layer.featureCount(),
        "read": len(features),
        "shapes": sum(not feature.geometry().isEmpty() for feature in features),
        "types": {field.name(): field.typeName().lower() for field in layer.fields()},
        "first": {field.name(): str(features[0][field.name()]) for field in layer.fields()} if features else {},
    }


def draw(layer: QgsVectorLayer, corners: list[float]) -> dict[str, str]:
    """Draws by class; the colours at the centre of each quarter, as fractions of the picture."""
    categories = [
        QgsRendererCategory(word, QgsFillSymbol.createSimple({"color": colour, "outline_style": "no"}), word)
        for word, colour in COLOURS.items()
    ]
    layer.setRenderer(QgsCategorizedSymbolRenderer("class", categories))
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setBackgroundColor(QColor("white"))
    settings.setOutputSize(QSize(SIZE, SIZE))
    settings.setExtent(QgsRectangle(*corners))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    picture = job.renderedImage()
    picture.save(drawn)
    points = {name: (x, y) for name, x, y in (("west", 0.25, 0.5), ("east", 0.75, 0.5), ("below", 0.5, 0.95))}
    return {name: QColor(picture.pixel(int(x * SIZE), int(y * SIZE))).name() for name, (x, y) in points.items()}


municipalities = layer_of("municipalities")
seen: dict[str, Any] = {
    "listed": listed(),
    "layers": {name: told(layer_of(name)) for name in ("municipalities", "places", "support", "spaces", "districts")},
    # The first two squares, each a tenth of a degree wide, with as much around.
    "drawn": draw(municipalities, [9.0, 49.95, 9.2, 50.15]),
    "files": {os.path.basename(file): told(QgsVectorLayer(file, "file", "ogr")) for file in files},
}
municipalities.setSubsetString("class = 'risky'")
seen["risky"] = sum(1 for _ in municipalities.getFeatures())
sys.stdout.write(json.dumps(seen))
sys.stdout.flush()
os._exit(0)  # QGIS and Python do not always agree on who takes down what
