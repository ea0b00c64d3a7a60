"""Every address, room by room."""

from django.urls import include, path

urlpatterns = [
    path("", include("needlepoint.web.public.urls")),
    path("p/<str:secret>/", include("needlepoint.web.patient.urls")),
    path("clinic/", include("needlepoint.web.clinic.urls")),
    path("account/", include("allauth.urls")),
]
