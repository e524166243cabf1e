"""How the API speaks: errors as problem details, writes that may be repeated, lists with an end, its description.

`problem` is the `EXCEPTION_HANDLER` of the settings; the views of the apps stand on `config.api.view.ApiView`.
"""

from config.api.problems import problem

__all__ = ["problem"]
