from shuzhi.business.matters.models.library import Matter

__all__ = ["Matter"]
