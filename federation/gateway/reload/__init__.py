"""In: the files a supergraph comes from. Out: a newer graph in service whenever they have changed, or a line that says
why it is not.
"""

from federation.gateway.reload.reloader import Reloader, ReloadPaths
from federation.gateway.reload.source import SupergraphSource, SupergraphUnusable, load_source
from federation.gateway.reload.watch import WatchedFiles

__all__ = ["ReloadPaths", "Reloader", "SupergraphSource", "SupergraphUnusable", "WatchedFiles", "load_source"]
